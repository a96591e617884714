using Shop;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Logging.AddShopConsole();

ShopOptions options;
try
{
    options = ShopOptions.Read(builder.Configuration);
}
catch (UsageException e)
{
    return Complaint.WrongUsage(e);
}

builder.Services.AddHeapDrift();
builder.AddTelemetry();
builder.AddShop(options);

await using var shop = builder.Build();
shop.MapShop();
await shop.RunAsync();
return 0;
