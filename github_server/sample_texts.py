"""Words for sample pull requests; no real project is meant."""

from __future__ import annotations

PEOPLE = (
    "amara-okafor",
    "bjorn-lindqvist",
    "chen-yi-ting",
    "daniela-rojas",
    "emre-yildiz",
    "fatima-haddad",
    "giulia-ferrari",
    "hiro-tanaka",
)
FORMER_PEOPLE = ("former-contractor", "intern-2024")

SCOPES = {
    "checkout-service": ("cart", "checkout", "tax", "coupons", "shipping"),
    "storefront-web": ("search", "product-page", "header", "a11y", "i18n"),
    "payments-gateway": ("webhooks", "refunds", "ledger", "3ds"),
    "data-platform": ("ingest", "models", "exports"),
    "legacy-billing": ("invoices", "dunning"),
}

ACTIONS = {
    "feat": ("add", "support", "allow", "introduce"),
    "fix": ("handle", "stop losing", "correct", "do not crash on"),
    "refactor": ("simplify", "split up", "move", "inline"),
    "perf": ("cache", "batch", "avoid loading"),
    "test": ("cover", "stabilise tests of"),
    "docs": ("explain", "document"),
}

THINGS = (
    "guest sessions",
    "currency rounding",
    "empty baskets",
    "gift cards",
    "retries after a timeout",
    "idempotency keys",
    "addresses without a postcode",
    "partial refunds",
    "the order summary",
    "feature flags",
    "stock reservations",
    "the confirmation mail",
    "price snapshots",
    "duplicate events",
    "expired promotions",
    "audit entries",
    "right-to-left layouts",
    "the health check",
)

DEPENDENCIES = ("httpx", "pydantic", "sqlalchemy", "urllib3", "eslint", "vite", "typescript")

BODIES = (
    "",
    "Closes the ticket from last week's incident review.",
    "## Why\nSupport saw this twice.\n\n## What\nA guard and a test.",
    "Follow-up to the previous change. Best read commit by commit.",
    "Draft for discussion: naming is hard. 🤔",
    "| before | after |\n|---|---|\n| 420 ms | 95 ms |\n\n🚀",
)

COMMENTS = (
    "",
    "Looks good, one nit inline.",
    "LGTM 🎉",
    "Could we have a test for the empty case?",
    "Nice. Shall we also tell the docs team?",
    "I would rather not retry here: the caller does already.",
    "👍",
)

HOTFIXES = (
    "hotfix: roll back the tax table of the last release",
    "hotfix: pin the TLS library again",
    "hotfix: raise the pool size during the sale",
)

LABELS = {
    "feat": "enhancement",
    "fix": "bug",
    "perf": "performance",
    "docs": "documentation",
    "chore": "dependencies",
}
"""The label of each kind of title."""
LABEL_DETAILS = {
    "enhancement": ("enhancement", "a2eeef", "New feature or request"),
    "bug": ("bug", "d73a4a", "Something is not working"),
    "performance": ("performance", "fbca04", None),
    "documentation": ("documentation", "0075ca", "Improvements or additions to documentation"),
    "dependencies": ("dependencies", "0366d6", "Pull requests that update a dependency file"),
    "large": ("size/large", "b60205", None),
}
"""Name, color and description."""
