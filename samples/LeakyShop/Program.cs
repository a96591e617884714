using Shop;
using Shop.Leader;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Logging.AddShopConsole();

ShopOptions options;
try
{
    options = ShopOptions.Read(builder.Configuration, args);
}
catch (UsageException e)
{
    return Complaint.WrongUsage(e);
}

if (options.IsLeader)
{
    return await LeaderHost.RunAsync(options, args);
}

builder.Services.AddHeapDrift();
builder.AddTelemetry();
builder.AddShop(options);

await using var shop = builder.Build();
shop.MapShop();
await shop.RunAsync();
return 0;
