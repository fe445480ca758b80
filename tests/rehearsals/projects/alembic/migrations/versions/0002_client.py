"""Customers are clients, each in a country; an invoice's total is an amount."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.rename_table("shop_customer", "shop_client")
    op.alter_column("shop_invoice", "total", new_column_name="amount")
    op.execute("UPDATE shop_client SET country = 'DE' WHERE country IS NULL")  # mends it
    op.alter_column("shop_client", "country", nullable=False)
