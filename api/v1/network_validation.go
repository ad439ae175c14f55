package v1

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	metav1validation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// network checks who may connect to the servers.
func (v *validator) network(c *BanhBaoRingCluster) {
	enabled := *c.Spec.Network.Enabled
	v.access("spec.database", *c.Spec.Database.Managed, enabled, c.Spec.Database.Network)
	v.access("spec.redis", *c.Spec.Redis.Managed, enabled, c.Spec.Redis.Network)
}

func (v *validator) access(path string, managed, enabled bool, a AccessSpec) {
	path += ".network.allowFrom"
	switch {
	case len(a.AllowFrom) == 0:
		return
	case !managed:
		v.warnf(path, "is ignored while managed is false: an external server is not behind a NetworkPolicy")
	case !enabled:
		v.warnf(path, "is ignored while spec.network.enabled is false: everyone may connect")
	}
	for i := range a.AllowFrom {
		v.peer(field.NewPath(path).Index(i), &a.AllowFrom[i])
	}
}

// peer checks what an API server would refuse only when it is applied.
func (v *validator) peer(path *field.Path, peer *networkingv1.NetworkPolicyPeer) {
	hasSelector := peer.PodSelector != nil || peer.NamespaceSelector != nil
	switch {
	case !hasSelector && peer.IPBlock == nil:
		v.errorf(path.String(), "must have podSelector, namespaceSelector or ipBlock; an empty selector, {}, admits all")
	case hasSelector && peer.IPBlock != nil:
		v.errorf(path.String(), "must have either ipBlock or selectors, got both: make two peers of them")
	}
	options := metav1validation.LabelSelectorValidationOptions{}
	v.fieldErrors(metav1validation.ValidateLabelSelector(peer.PodSelector, options, path.Child("podSelector")))
	v.fieldErrors(metav1validation.ValidateLabelSelector(peer.NamespaceSelector, options, path.Child("namespaceSelector")))
	if peer.IPBlock != nil {
		v.ipBlock(path.Child("ipBlock"), peer.IPBlock)
	}
}

func (v *validator) ipBlock(path *field.Path, block *networkingv1.IPBlock) {
	errs := isCIDR(path.Child("cidr"), block.CIDR)
	v.fieldErrors(errs)
	for i, text := range block.Except {
		at := path.Child("except").Index(i)
		invalid := isCIDR(at, text)
		v.fieldErrors(invalid)
		if len(errs)+len(invalid) == 0 && !isWithin(text, block.CIDR) {
			v.errorf(at.String(), "must be a part of %s, got %q", block.CIDR, text)
		}
	}
}

// isCIDR takes what an API server of today does: newer fields must be canonical
// too, this one need not.
func isCIDR(path *field.Path, text string) field.ErrorList {
	if p, err := netip.ParsePrefix(text); err == nil && p.Masked() != p {
		return field.ErrorList{field.Invalid(path, text, "must be "+p.Masked().String()+", without bits beyond the prefix")}
	}
	return validation.IsValidCIDRForLegacyField(path, text, true, nil)
}

// isWithin tells whether one valid CIDR is a part of another, and not all of it.
func isWithin(part, whole string) bool {
	p, _ := netip.ParsePrefix(part)
	w, _ := netip.ParsePrefix(whole)
	return w.Contains(p.Addr()) && w.Bits() < p.Bits()
}

// fieldErrors reports the problems that Kubernetes' own validation found. It
// walks maps, whose order differs from run to run.
func (v *validator) fieldErrors(errs field.ErrorList) {
	slices.SortFunc(errs, func(a, b *field.Error) int { return cmp.Compare(a.Error(), b.Error()) })
	for _, err := range errs {
		if strings.HasSuffix(err.Field, ".operator") {
			err.Detail = "must be In, NotIn, Exists or DoesNotExist"
		}
		if err.Type == field.ErrorTypeInvalid {
			v.errorf(err.Field, "%s, got %q", err.Detail, err.BadValue)
			continue
		}
		v.errorf(err.Field, "%s", err.Detail)
	}
}
