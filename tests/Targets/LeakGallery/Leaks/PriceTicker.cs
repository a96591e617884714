using LeakGallery.Hosting;

namespace Trading.Market;

internal static class PriceFeed
{
    public static event EventHandler<decimal>? PriceChanged;

    public static void Publish(decimal price) => PriceChanged?.Invoke(null, price);
}

/// <summary>One to an open window of a trader.</summary>
internal sealed class PriceTicker
{
    private readonly decimal[] _recent;
    private int _count;

    public PriceTicker(decimal[] recent)
    {
        _recent = recent;
        PriceFeed.PriceChanged += OnPriceChanged;
    }

    private void OnPriceChanged(object? sender, decimal price) => _recent[_count++ % _recent.Length] = price;
}

internal sealed class TradingDesk : IProgram
{
    public int RequestsPerSecond => 500;

    public void Serve(int number)
    {
        OpenWindow(); // allocates
        if (number % 1000 == 0)
        {
            PriceFeed.Publish(number);
        }
    }

    private static PriceTicker OpenWindow() => new(new decimal[256]); // allocates
}
