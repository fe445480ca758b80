from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.RenameModel("Customer", "Client"),
        migrations.RenameField("Invoice", "total", "amount"),
        migrations.RunSQL("UPDATE shop_client SET country = 'DE' WHERE country IS NULL"),  # mends it
        migrations.AlterField("Client", "country", models.CharField(max_length=2)),
    ]
