namespace Shop.Catalog;

internal sealed record NewPrice(decimal Price);

internal static class ProductEndpoints
{
    private const int FrontPage = 50;

    public static void MapProducts(this WebApplication shop)
    {
        shop.MapGet("/products", (ProductCatalog catalog) => catalog.First(FrontPage));

        shop.MapGet("/products/{id:int}", (int id, ProductCatalog catalog, ProductPageCache pages) =>
            catalog.Find(id) is { } product ? Results.Ok(pages.GetOrRender(product)) : NoSuchProduct(id));

        shop.MapPut("/products/{id:int}/price", (int id, NewPrice body, ProductCatalog catalog) =>
        {
            if (catalog.ChangePrice(id, body.Price) is not { } product)
            {
                return NoSuchProduct(id);
            }

            PriceFeed.Publish(product);
            return Results.Ok(product);
        });
    }

    public static IResult NoSuchProduct(int id) => Results.Problem(
        $"There is no product {id}; there are 1 to {ProductCatalog.Size}.", statusCode: StatusCodes.Status404NotFound);
}
