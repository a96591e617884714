using System.Collections.Concurrent;
using System.Globalization;
using Shop.Orders;

namespace Shop;

/// <summary>"Others also bought", cached by query. The query names the order, so no entry is ever found again, and none is evicted.</summary>
internal static class RecommendationCache
{
    private static readonly ConcurrentDictionary<string, Recommendations> ByQuery = new();

    public static Recommendations Find(string query) => ByQuery.GetOrAdd(query, static asked => new Recommendations(asked));
}

internal sealed class Recommendations
{
    private readonly long[] _productIds = new long[250];

    public Recommendations(string query) => Array.Fill(_productIds, query.Length);

    public long Best => _productIds[0];
}

internal sealed class QueryCacheLeak : ILeak
{
    public string Kind => LeakKinds.QueryCache;

    public string Description => "an unbounded static cache is keyed by a query that never comes twice";

    public void OrderPlaced(Order order, IServiceProvider requestServices) => RecommendationCache.Find(string.Create(
        CultureInfo.InvariantCulture, $"product={order.ProductId}&customer={order.Customer}&order={order.Id}"));
}
