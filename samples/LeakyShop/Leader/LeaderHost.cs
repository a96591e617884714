using System.Net.Sockets;

namespace Shop.Leader;

/// <summary>The leader serves nothing itself. SIGTERM and SIGINT end it through its host, as they end any service.</summary>
internal static class LeaderHost
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(15);

    public static async Task<int> RunAsync(ShopOptions options, string[] args)
    {
        try
        {
            using var socket = ListeningSocket.Open(options.Url);
            await RunAsync(options, args, socket);
            return 0;
        }
        catch (UsageException e)
        {
            return Complaint.WrongUsage(e);
        }
        catch (SocketException e)
        {
            return Complaint.CannotListen(options.Url, e);
        }
    }

    private static async Task RunAsync(ShopOptions options, string[] args, ListeningSocket socket)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
        {
            Args = args,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Logging.AddShopConsole();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.Services.Configure<ConsoleLifetimeOptions>(console => console.SuppressStatusMessages = true);
        builder.Services.AddSingleton(new WorkerPlan(options.Workers!.Value, args, socket));
        builder.Services.AddSingleton<WorkerPool>();
        builder.Services.AddHostedService<LeaderSignal>();
        builder.Services.AddHostedService(services => services.GetRequiredService<WorkerPool>());
        await builder.Build().RunAsync();
    }
}
