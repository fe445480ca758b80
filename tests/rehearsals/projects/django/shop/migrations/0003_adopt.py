from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_client")]
    operations = [migrations.RunSQL("CREATE INDEX IF NOT EXISTS hotfix_invoice_due ON shop_invoice (due)")]
