package cli

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// soon is how long before its end a certificate is worth a word. The
// controller makes a new one every 30 days.
const soon = 30 * 24 * time.Hour

// readPublicKey reads the key to encrypt with, and warns of an old certificate:
// the controller may have thrown its key away.
func readPublicKey(command *cobra.Command, path string) (*rsa.PublicKey, error) {
	certificate, err := readCertificate(command.InOrStdin(), path)
	if err != nil {
		return nil, fmt.Errorf("--cert: %w; kubeseal --fetch-cert prints the one to use", err)
	}
	key, ok := certificate.PublicKey.(*rsa.PublicKey)
	if !ok {
		return nil, errors.New("--cert: the certificate must have an RSA key, as Sealed Secrets' own")
	}
	switch left := time.Until(certificate.NotAfter); {
	case left <= 0:
		fmt.Fprintf(command.ErrOrStderr(), "warning: --cert: the certificate expired on %s; kubeseal --fetch-cert gets the current one\n", certificate.NotAfter.Format(time.DateOnly))
	case left < soon:
		fmt.Fprintf(command.ErrOrStderr(), "warning: --cert: the certificate expires on %s\n", certificate.NotAfter.Format(time.DateOnly))
	}
	return key, nil
}

func readCertificate(stdin io.Reader, path string) (*x509.Certificate, error) {
	content, err := readFileOrStdin(stdin, path)
	if err != nil {
		return nil, err
	}
	if block := certificateBlock(content); block != nil {
		return x509.ParseCertificate(block.Bytes)
	}
	return newestCertificate(content)
}

func readFileOrStdin(stdin io.Reader, path string) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(stdin)
	}
	return os.ReadFile(path)
}

func certificateBlock(content []byte) *pem.Block {
	for block, rest := pem.Decode(content); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			return block
		}
	}
	return nil
}

// newestCertificate reads the controller's Secret, or kubectl's list of those it
// had so far.
func newestCertificate(content []byte) (*x509.Certificate, error) {
	var manifest struct {
		corev1.Secret
		Items []corev1.Secret `json:"items"`
	}
	// The error is dropped on purpose: it might quote the private key.
	if err := yaml.Unmarshal(content, &manifest); err != nil {
		return nil, errors.New("is neither a PEM certificate nor a Secret")
	}
	var newest *x509.Certificate
	for _, secret := range append(manifest.Items, manifest.Secret) {
		block := certificateBlock(secret.Data[corev1.TLSCertKey])
		if block == nil {
			continue
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		if newest == nil || certificate.NotBefore.After(newest.NotBefore) {
			newest = certificate
		}
	}
	if newest == nil {
		return nil, errors.New("is neither a PEM certificate nor a Secret with the key tls.crt")
	}
	return newest, nil
}
