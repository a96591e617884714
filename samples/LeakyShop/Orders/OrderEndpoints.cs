using Shop.Catalog;

namespace Shop.Orders;

internal static class OrderEndpoints
{
    private const int MostPieces = 1000;

    public static void MapOrders(this WebApplication shop) => shop.MapPost("/orders", Place);

    private static IResult Place(OrderRequest? body, ProductCatalog catalog, OrderDesk desk, LeakSwitches leaks, HttpContext context)
    {
        var request = body ?? new OrderRequest();
        if (request.Quantity is < 1 or > MostPieces)
        {
            return Results.Problem($"The quantity is 1 to {MostPieces}.", statusCode: StatusCodes.Status400BadRequest);
        }

        if (catalog.Find(request.ProductId) is not { } product)
        {
            return ProductEndpoints.NoSuchProduct(request.ProductId);
        }

        var order = desk.Place(request, product);
        leaks.OrderPlaced(order, context.RequestServices);
        return Results.Ok(order);
    }
}
