"""The tables as production has them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "shop_customer",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("country", sa.String(2)),
    )
    op.create_table(
        "shop_invoice",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("customer_id", sa.BigInteger, sa.ForeignKey("shop_customer.id"), nullable=False),
        sa.Column("due", sa.Date, nullable=False),
        sa.Column("total", sa.Numeric(10, 2)),
    )
    op.create_table(
        "shop_line",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("invoice_id", sa.BigInteger, sa.ForeignKey("shop_invoice.id"), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_table(
        "shop_document",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("invoice_id", sa.BigInteger, sa.ForeignKey("shop_invoice.id"), nullable=False),
        sa.Column("body", JSONB, nullable=False),
    )
