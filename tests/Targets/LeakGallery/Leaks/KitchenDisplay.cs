using LeakGallery.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Restaurant.Kitchen;

/// <summary>A singleton; everybody who shows orders subscribes.</summary>
internal sealed class OrderBus
{
    public event Action<string>? OrderPlaced;

    public void Place(string dish) => OrderPlaced?.Invoke(dish);
}

internal sealed class KitchenDisplay
{
    private readonly List<string> _dishes = new(400); // allocates

    public void Show(string dish) => _dishes.Add(dish);
}

internal static class RestaurantApp
{
    public static IServiceProvider Services { get; } = new ServiceCollection().AddSingleton<OrderBus>().BuildServiceProvider();
}

internal sealed class DisplayController : IProgram
{
    public int RequestsPerSecond => 700;

    public void Serve(int number) => Connect(RestaurantApp.Services.GetRequiredService<OrderBus>()); // allocates

    private static void Connect(OrderBus bus)
    {
        var display = new KitchenDisplay(); // allocates
        bus.OrderPlaced += display.Show; // allocates
    }
}
