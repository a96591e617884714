using Shop.Catalog;
using Shop.Orders;

namespace Shop;

/// <summary>Tells the whole process that a price has changed.</summary>
internal static class PriceFeed
{
    public static event EventHandler<PriceChangedEventArgs>? PriceChanged;

    public static void Publish(Product product) => PriceChanged?.Invoke(null, new PriceChangedEventArgs(product));
}

internal sealed class PriceChangedEventArgs(Product product) : EventArgs
{
    public Product Product { get; } = product;
}

/// <summary>Request-scoped: follows the price while a customer orders. It subscribes, and nothing makes it unsubscribe.</summary>
internal sealed class PriceWatch
{
    private readonly decimal[] _recentPrices = new decimal[128];
    private int _count;

    public PriceWatch() => PriceFeed.PriceChanged += Remember;

    public void Start(decimal price) => _recentPrices[0] = price;

    private void Remember(object? sender, PriceChangedEventArgs change) =>
        _recentPrices[++_count % _recentPrices.Length] = change.Product.Price;
}

internal sealed class EventHandlerLeak : ILeak
{
    public string Kind => LeakKinds.EventHandlers;

    public string Description => "a request-scoped object subscribes to a static event and never unsubscribes";

    public void OrderPlaced(Order order, IServiceProvider requestServices) =>
        requestServices.GetRequiredService<PriceWatch>().Start(order.Total);
}
