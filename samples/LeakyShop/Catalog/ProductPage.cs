namespace Shop.Catalog;

/// <summary>What a customer sees of one product, with a text that costs something to put together (4 KB).</summary>
internal sealed record ProductPage(int Id, string Name, decimal Price, string Description)
{
    private const int DescriptionLength = 2048;

    public static ProductPage Render(Product product) => new(
        product.Id, product.Name, product.Price, $"{product.Name}, hand made, never drips. ".PadRight(DescriptionLength, '.'));
}
