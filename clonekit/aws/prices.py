"""What an hour of a throwaway costs, by AWS's price list."""

import json
from dataclasses import replace
from typing import Any

from clonekit.aws import Cloud
from clonekit.settings import Settings

_REGION = (
    "us-east-1"  # the price list is not served everywhere: https://docs.aws.amazon.com/general/latest/gr/billing.html
)


def hourly(settings: Settings, instance_class: str) -> float | None:
    """Return the price in US dollars of an hour of PostgreSQL on such an instance, without storage; None if unknown.

    Raises AwsError if the login may not ask (pricing:GetProducts).
    """
    wanted = {
        "regionCode": settings.aws.region,
        "instanceType": instance_class,
        "databaseEngine": "PostgreSQL",
        "deploymentOption": "Single-AZ",
    }
    filters = [{"Type": "TERM_MATCH", "Field": key, "Value": value} for key, value in wanted.items()]
    cloud = Cloud(replace(settings.aws, region=_REGION), attempts=1)
    answer = cloud.call("pricing", "get_products", ServiceCode="AmazonRDS", Filters=filters)
    return next((price for item in answer["PriceList"] if (price := _price(json.loads(item)))), None)


def _price(product: dict[str, Any]) -> float | None:
    terms = product.get("terms", {}).get("OnDemand", {}).values()
    return next((float(of["pricePerUnit"]["USD"]) for term in terms for of in term["priceDimensions"].values()), None)
