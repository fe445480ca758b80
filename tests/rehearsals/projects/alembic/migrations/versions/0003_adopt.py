"""Adopt the index that was made by hand."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_index("hotfix_invoice_due", "shop_invoice", ["due"], if_not_exists=True)
