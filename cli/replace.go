package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

// replaceFile replaces what a file had by something else, and refuses when the
// file has changed in the meantime. A link stays a link to the file.
func replaceFile(path string, before, after []byte) error {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(target)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o200 == 0 {
		return fmt.Errorf("%s: is read-only", path)
	}
	return writeAtomically(target, after, info.Mode().Perm(), func() error {
		now, err := os.ReadFile(target)
		if err == nil && !bytes.Equal(now, before) {
			err = fmt.Errorf("%s: was changed by someone else in the meantime: run this again", path)
		}
		return err
	})
}

// lockFile waits until nobody else is about to replace the file. The lock is on the
// file itself, of which another takes the place: then there is a new one to wait for.
// Not every file system has locks; without one, replaceFile alone finds the others.
func lockFile(path string) (io.Closer, error) {
	for {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
			return file, nil
		}
		locked, err := file.Stat()
		current, currentErr := os.Stat(path)
		if err := errors.Join(err, currentErr); err != nil {
			return nil, errors.Join(err, file.Close())
		}
		if os.SameFile(locked, current) {
			return file, nil
		}
		if err := file.Close(); err != nil {
			return nil, err
		}
	}
}

// writeAtomically writes beside the target, waits until that is on the disk, and
// renames: nobody ever sees half a file, a full disk leaves the old one, and a
// program that runs can be replaced. Check has the last word. Whoever interrupts waits
// for the end of it, or half a file would stay beside the target.
func writeAtomically(target string, content []byte, mode os.FileMode, check func() error) (err error) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	directory := filepath.Dir(target)
	file, err := os.CreateTemp(directory, "."+filepath.Base(target)+".*")
	if reason := (*fs.PathError)(nil); errors.As(err, &reason) {
		return fmt.Errorf("%s: no file can be made in this directory, as it takes to replace one: %w", directory, reason.Err)
	}
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	_, writeErr := file.Write(content)
	if err := errors.Join(writeErr, file.Chmod(mode), file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := check(); err != nil {
		return err
	}
	return os.Rename(file.Name(), target)
}
