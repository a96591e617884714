namespace Shop.Catalog;

/// <summary>The healthy cache: it fills up to its capacity (256 pages, about 1 MB) and then evicts the oldest page.</summary>
internal sealed class ProductPageCache
{
    private const int Capacity = 256;
    private readonly Lock _lock = new();
    private readonly Dictionary<int, ProductPage> _pages = new(Capacity);
    private readonly Queue<int> _oldestFirst = new(Capacity);

    public ProductPage GetOrRender(Product product)
    {
        lock (_lock)
        {
            if (_pages.TryGetValue(product.Id, out var page) && page.Price == product.Price)
            {
                return page;
            }

            if (page is null)
            {
                MakeRoomFor(product.Id);
            }

            return _pages[product.Id] = ProductPage.Render(product);
        }
    }

    private void MakeRoomFor(int id)
    {
        if (_oldestFirst.Count == Capacity)
        {
            _pages.Remove(_oldestFirst.Dequeue());
        }

        _oldestFirst.Enqueue(id);
    }
}
