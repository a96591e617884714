using System.Globalization;
using Shop.Catalog;
using Shop.Leader;
using Shop.Orders;

namespace Shop;

internal static class ShopApplication
{
    /// <summary>A leader waits longer than this before it kills.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(8);

    public static void AddShop(this WebApplicationBuilder builder, ShopOptions options)
    {
        builder.Services.AddProblemDetails();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ProductCatalog>();
        builder.Services.AddSingleton<ProductPageCache>();
        builder.Services.AddSingleton<OrderDesk>();
        builder.Services.AddLeaks(options.Leaks);

        if (options.ListenHandle is { } handle)
        {
            builder.ListenWithLeader(handle);
        }
        else
        {
            builder.WebHost.UseUrls(options.Url);
        }
    }

    public static void MapShop(this WebApplication shop)
    {
        var pid = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        shop.Use((context, next) =>
        {
            context.Response.Headers["X-Worker-Pid"] = pid;
            return next(context);
        });
        shop.UseExceptionHandler();
        shop.UseStatusCodePages();
        shop.MapGet("/health", () => "ok");
        shop.MapProducts();
        shop.MapOrders();
        shop.MapLeaks();
    }
}
