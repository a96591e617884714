using Shop.Catalog;

namespace Shop.Orders;

/// <summary>Takes orders and keeps none of them: a shop with all leaks off does not grow.</summary>
internal sealed class OrderDesk(TimeProvider time)
{
    private long _lastId;

    public Order Place(OrderRequest request, Product product) => new(
        Interlocked.Increment(ref _lastId),
        request.Customer,
        product.Id,
        request.Quantity,
        request.Quantity * product.Price,
        time.GetUtcNow());
}
