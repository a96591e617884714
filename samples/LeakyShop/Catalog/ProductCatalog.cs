using System.Collections.Concurrent;

namespace Shop.Catalog;

/// <summary>Stands for the database: a fixed number of products, whose prices change.</summary>
internal sealed class ProductCatalog
{
    public const int Size = 1000;
    private readonly ConcurrentDictionary<int, Product> _products = new(
        Enumerable.Range(1, Size).Select(id => KeyValuePair.Create(id, new Product(id, $"Teapot no. {id}", 10 + (id % 90)))));

    public Product? Find(int id) => _products.GetValueOrDefault(id);

    public IEnumerable<Product> First(int count) => Enumerable.Range(1, Math.Clamp(count, 0, Size)).Select(id => _products[id]);

    public Product? ChangePrice(int id, decimal price)
    {
        if (Find(id) is not { } product)
        {
            return null;
        }

        var changed = product with { Price = price };
        _products[id] = changed;
        return changed;
    }
}
