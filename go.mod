module github.com/Bidon15/banhbaoring/generate-data-layer

go 1.26.0
