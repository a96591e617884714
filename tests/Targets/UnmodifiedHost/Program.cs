// A service that knows nothing of HeapDrift, built in one of the ways in which services are built: "web", "generic" or "classic".
// Its own logger writes JSON to standard output, so that a line of the log is told from a line that was printed.

var host = args[0] switch
{
    "web" => Web(),
    "generic" => Generic(),
    "classic" => Classic(),
    _ => throw new ArgumentException(args[0]),
};
await host.RunAsync();
Console.WriteLine("ended");

static IHost Web()
{
    var builder = WebApplication.CreateBuilder();
    builder.Logging.ClearProviders().AddJsonConsole();
    builder.WebHost.UseUrls("http://127.0.0.1:0");
    return builder.Build();
}

static IHost Generic()
{
    var builder = Host.CreateApplicationBuilder();
    builder.Logging.ClearProviders().AddJsonConsole();
    return builder.Build();
}

static IHost Classic() => Host.CreateDefaultBuilder()
    .ConfigureLogging(logging => logging.ClearProviders().AddJsonConsole())
    .Build();
