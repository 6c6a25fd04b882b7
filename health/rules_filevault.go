package health

import "slices"

func fileVaultRules() []Rule {
	return slices.Concat(escrowedKeyRules(), otherKeyRules(), unlockerRules(), deferralRules(), fileVaultHistoryRules(), fileVaultAdvice())
}
