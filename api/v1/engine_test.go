package v1

import "testing"

func TestMajorRelease(t *testing.T) {
	for version, want := range map[string]int{
		"16": 16, "16.4": 16, "17-bookworm": 17, "18beta2": 18, "9.6": 9,
		"": 0, "latest": 0, "v16": 0, "99999999999999999999": 0,
	} {
		if got := MajorRelease(version); got != want {
			t.Errorf("MajorRelease(%q) = %d, want %d", version, got, want)
		}
	}
}

func TestImageTag(t *testing.T) {
	for image, want := range map[string]string{
		"postgres:16": "16",
		"registry.example.com:5000/postgres:16.4":        "16.4",
		"registry.example.com:5000/postgres":             "",
		"ghcr.io/cloudnative-pg/postgresql:16@sha256:ab": "16",
		"postgres@sha256:ab":                             "",
		"":                                               "",
	} {
		if got := ImageTag(image); got != want {
			t.Errorf("ImageTag(%q) = %q, want %q", image, got, want)
		}
	}
}

func TestCheckCron(t *testing.T) {
	for schedule, want := range map[string]bool{
		"0 2 * * *": true, "*/15 0-6 1,15 * MON-FRI": true,
		"@daily": false, "0 0 2 * * *": false, "60 2 * * *": false, "0 2 * *": false, "": false,
		"TZ=Europe/Berlin 0 2 * * *": false,
	} {
		if err := checkCron(schedule); (err == nil) != want {
			t.Errorf("checkCron(%q) = %v, want none: %t", schedule, err, want)
		}
	}
}
