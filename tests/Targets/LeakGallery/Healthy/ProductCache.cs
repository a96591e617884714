using LeakGallery.Hosting;

namespace Store.Products;

internal sealed record Product(int Number, byte[] Picture);

/// <summary>Fills for some seconds after the start, then a new product takes the place of the oldest.</summary>
internal sealed class ProductCache : IProgram
{
    private const int MostProducts = 4500;

    private static readonly Dictionary<int, Product> Products = [];

    public int RequestsPerSecond => 1000;

    public void Serve(int number) => Load(number);

    private static void Load(int number)
    {
        if (Products.Count == MostProducts)
        {
            Products.Remove(number - MostProducts);
        }

        Products[number] = new Product(number, new byte[3000]);
    }
}
