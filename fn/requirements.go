package fn

import (
	sdk "github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"github.com/Bidon15/banhbaoring/generate-data-layer/builders"
)

// tellRequirements says what has to be there where a cluster's objects are
// applied, since nothing among them brings it.
func (l *resourceList) tellRequirements(c cluster) {
	if !c.Spec.Database.OnCloudNativePG() {
		return
	}
	l.results.add(sdk.Info, c.item, "spec.database.engine", "CloudNativePG %s or later must be installed where this is applied", builders.CloudNativePGVersion)
	if c.Spec.Backup.Enabled {
		l.results.add(sdk.Info, c.item, "spec.backup", "the Barman Cloud plugin %s or later must be installed beside CloudNativePG", builders.BarmanPluginVersion)
		l.checkBackupSecret(c)
	}
}
