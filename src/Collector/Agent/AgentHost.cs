using HeapDrift.Collector.Admission;
using HeapDrift.Collector.Alerts;
using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Export;
using HeapDrift.Collector.Metrics;
using HeapDrift.Collector.Web;
using HeapDrift.Profiling.Proc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HeapDrift.Collector.Agent;

/// <summary>Puts the agent together: one place that shows what it is made of.</summary>
internal static class AgentHost
{
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(25);

    public static WebApplication Build(AgentSettings settings)
    {
        CaptureTraceId.Install();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(ToConfiguration(settings));
        SettingNames.ThrowIfUnknown(builder.Configuration);
        string urls = ListenAddresses.Of(builder.Configuration, AgentSettings.DefaultUrls);
        Listen(builder.WebHost, urls);
        Tell(builder.Logging);
        builder.Services
            .AddSingleton(TimeProvider.System)
            .AddSingleton<ProcFileSystem>(_ => new ProcFileSystem())
            .AddDiscovery(builder.Configuration[WorkerDirectory.AgentVariable])
            .AddWatch()
            .AddCaptures()
            .AddDetector()
            .AddAlerts(urls)
            .AddMetrics()
            .Configure<HostOptions>(host => host.ShutdownTimeout = StopDeadline);
        WebApplication app = builder.Build();

        // Before anything in there is read.
        _ = app.Services.GetRequiredService<AgentFolder>();

        // Before anything is measured: who listens later misses what was counted.
        _ = app.Services.GetRequiredService<AgentRegistry>();
        Map(app);
        app.Lifetime.ApplicationStarted.Register(() => Log.Started(app.Logger, string.Join(", ", app.Urls), Path.GetFullPath(app.Services.GetRequiredService<CaptureLimits>().OutputDirectory)));
        return app;
    }

    private static void Listen(ConfigureWebHostBuilder web, string urls)
    {
        web.UseUrls(urls);

        // Images of ASP.NET Core bring ports of their own, of which the server would say at each start that they do not count.
        web.UseSetting(WebHostDefaults.HttpPortsKey, "").UseSetting(WebHostDefaults.HttpsPortsKey, "");
        web.ConfigureKestrel(WebLimits.Apply);
    }

    private static void Tell(ILoggingBuilder logging)
    {
        logging.AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat, console.UseUtcTimestamp) = (true, "yyyy-MM-dd HH:mm:ss ", true));
        logging.AddFilter("Microsoft", LogLevel.Warning);

        // Why the start failed is told in a sentence; what ends the agent later is critical.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);

        // One line for each connection beyond the limit: a storm of connections must not become a storm of lines.
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel.Connections", LogLevel.Error);
    }

    private static void Map(WebApplication app)
    {
        app.MapHealth();
        app.MapMetrics();
        app.MapPage();
        app.MapWorkers();
        RequestGuard guard = app.Services.GetRequiredService<RequestGuard>();
        app.MapCaptures(guard);
        app.MapAlerts(guard);
    }

    private static IEnumerable<KeyValuePair<string, string?>> ToConfiguration(AgentSettings settings) => new Dictionary<string, string?>
    {
        ["urls"] = settings.Urls,
        [$"{CaptureLimits.Section}:{nameof(CaptureLimits.OutputDirectory)}"] = settings.OutputDirectory,
        [$"{CaptureLimits.Section}:{nameof(CaptureLimits.Window)}"] = settings.Window?.ToString("c"),
        [$"{CaptureLimits.Section}:{nameof(CaptureLimits.Engine)}"] = settings.Engine,
    }.Where(set => set.Value is not null);
}
