using HeapDrift.Collector.Admission;
using HeapDrift.Collector.Alerts;
using HeapDrift.Collector.Collections;
using HeapDrift.Collector.Detection;
using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Export;
using HeapDrift.Collector.Metrics;
using HeapDrift.Collector.Watching;
using HeapDrift.Collector.Web;
using HeapDrift.Instrumentation.Metrics;
using HeapDrift.Profiling.Proc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

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
        builder.WebHost.UseUrls(urls);

        // Images of ASP.NET Core bring ports of their own, of which the server would say at each start that they do not count.
        builder.WebHost.UseSetting(WebHostDefaults.HttpPortsKey, "").UseSetting(WebHostDefaults.HttpsPortsKey, "");
        builder.WebHost.ConfigureKestrel(WebLimits.Apply);
        builder.Logging.AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat, console.UseUtcTimestamp) = (true, "yyyy-MM-dd HH:mm:ss ", true));
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);

        // Why the start failed is told in a sentence; what ends the agent later is critical.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);

        // One line for each connection beyond the limit: a storm of connections must not become a storm of lines.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel.Connections", LogLevel.Error);

        IServiceCollection services = builder.Services;
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<ProcFileSystem>(_ => new ProcFileSystem());
        services.AddOptions<DiscoveryOptions>().BindConfiguration(DiscoveryOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.AddSingleton<IValidateOptions<DiscoveryOptions>, DiscoveryOptions>();
        services.AddSingleton(provider => new WatchRules(provider.GetRequiredService<IOptions<DiscoveryOptions>>().Value, builder.Configuration[WorkerDirectory.AgentVariable]));
        services.AddSingleton(provider => new WorkerDirectory(provider.GetRequiredService<ProcFileSystem>(), provider.GetRequiredService<WatchRules>(), provider.GetRequiredService<DiagnosticPort>()));
        services.AddSingleton(OpenPort);
        services.AddHostedService(provider => provider.GetRequiredService<DiagnosticPort>());
        services.AddSingleton(OpenInventory);
        services.AddSingleton<WorkerBoard>();
        services.AddOptions<WatchOptions>().BindConfiguration(WatchOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.AddSingleton<IValidateOptions<WatchOptions>, WatchOptions>();
        services.AddSingleton<GcSessions>();
        services.AddSingleton<Func<Worker, WorkerEye>>(provider => worker => new WorkerEye(
            worker, provider.GetRequiredService<ProcFileSystem>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IOptions<WatchOptions>>().Value, provider.GetRequiredService<DetectorOptions>(), provider.GetRequiredService<GcSessions>()));
        services.AddSingleton<WorkerWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<WorkerWatch>());

        services.AddOptions<CaptureLimits>().BindConfiguration(CaptureLimits.Section, binder => binder.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.AddSingleton<IValidateOptions<CaptureLimits>, CaptureLimits>();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<CaptureLimits>>().Value);
        services.AddSingleton<AgentFolder>();
        services.AddSingleton(OpenBacklog);
        services.AddHostedService<DeliveryService>();
        services.AddSingleton<ICaptureAudience, CaptureAudience>();
        services.AddSingleton<ICaptureRunner, AgentCaptures>();
        services.AddSingleton(OpenJournal);
        services.AddSingleton<CaptureDesk>();
        services.AddHostedService<CaptureService>();

        services.AddOptions<DetectorOptions>().BindConfiguration(DetectorOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.AddSingleton<IValidateOptions<DetectorOptions>, DetectorOptions>();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<DetectorOptions>>().Value);
        services.AddSingleton(provider => new LeakAlarm(
            provider.GetRequiredService<CaptureDesk>(), provider.GetRequiredService<DetectorOptions>(), OtlpEndpoint.ReadEnvironment(), provider.GetRequiredService<ILogger<LeakAlarm>>()));
        services.AddHostedService(provider => provider.GetRequiredService<LeakAlarm>());

        services.AddOptions<AlertOptions>().BindConfiguration(AlertOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true).ValidateOnStart()
            .Validate(alerts => !ListenAddresses.AreBeyondLoopback(urls) || HasCredentials(alerts), $"the agent listens on {urls}, where others can reach it: set {AlertOptions.Section}:BearerTokenFile (or BearerToken, or BasicUser and BasicPassword), or listen on 127.0.0.1");
        services.AddSingleton<IValidateOptions<AlertOptions>, AlertOptions>();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<AlertOptions>>().Value);
        services.AddSingleton(provider => Credentials.Of(provider.GetRequiredService<AlertOptions>()));
        services.AddSingleton(OpenInbox);
        services.AddSingleton<AlertDesk>();
        services.AddSingleton<RequestGuard>();

        services.AddSingleton<CaptureMeter>();
        services.AddSingleton(provider => new AgentRegistry(provider.GetRequiredService<WorkerBoard>(), provider.GetRequiredService<DeliveryBacklog>));
        services.AddSingleton<Func<WorkerMeter>>(provider => () => new WorkerMeter(provider.GetRequiredService<WorkerBoard>(), provider.GetRequiredService<DeliveryBacklog>));
        services.AddHostedService<MetricsService>();
        services.Configure<Microsoft.Extensions.Hosting.HostOptions>(host => host.ShutdownTimeout = StopDeadline);

        WebApplication app = builder.Build();

        // Before anything in there is read.
        _ = app.Services.GetRequiredService<AgentFolder>();

        // Before anything is measured: who listens later misses what was counted.
        _ = app.Services.GetRequiredService<AgentRegistry>();
        app.MapHealth();
        app.MapMetrics();
        app.MapPage();
        app.MapWorkers();
        RequestGuard guard = app.Services.GetRequiredService<RequestGuard>();
        app.MapCaptures(guard);
        app.MapAlerts(guard);
        app.Lifetime.ApplicationStarted.Register(() => Log.Started(app.Logger, string.Join(", ", app.Urls), Path.GetFullPath(app.Services.GetRequiredService<CaptureLimits>().OutputDirectory)));
        return app;
    }

    private static bool HasCredentials(AlertOptions alerts) => alerts is { BearerToken.Length: > 0 } or { BearerTokenFile.Length: > 0 } or { BasicUser.Length: > 0 };

    private static WorkerInventory OpenInventory(IServiceProvider provider)
    {
        ILogger logger = provider.GetRequiredService<ILogger<WorkerInventory>>();
        return new(
            provider.GetRequiredService<WorkerDirectory>(),
            provider.GetRequiredService<WatchRules>(),
            provider.GetRequiredService<ProcFileSystem>(),
            provider.GetRequiredService<TimeProvider>(),
            complaint => Log.Complain(logger, complaint));
    }

    private static DiagnosticPort OpenPort(IServiceProvider provider)
    {
        ILogger logger = provider.GetRequiredService<ILogger<DiagnosticPort>>();
        return new(
            provider.GetRequiredService<IOptions<DiscoveryOptions>>().Value,
            provider.GetRequiredService<CaptureLimits>().OutputDirectory,
            provider.GetRequiredService<ProcFileSystem>(),
            provider.GetRequiredService<TimeProvider>(),
            complaint => Log.Complain(logger, complaint));
    }

    private static AlertInbox OpenInbox(IServiceProvider provider)
    {
        ILogger logger = provider.GetRequiredService<ILogger<AlertInbox>>();
        return new(provider.GetRequiredService<CaptureLimits>().OutputDirectory, provider.GetRequiredService<TimeProvider>(), complaint => Log.Complain(logger, complaint));
    }

    private static DeliveryBacklog OpenBacklog(IServiceProvider provider)
    {
        ILogger logger = provider.GetRequiredService<ILogger<DeliveryBacklog>>();
        return new(provider.GetRequiredService<CaptureLimits>().OutputDirectory, OtlpEndpoint.ReadEnvironment(), provider.GetRequiredService<TimeProvider>(), new(complaint => Log.Complain(logger, complaint), fact => Log.Tell(logger, fact)));
    }

    private static CaptureJournal OpenJournal(IServiceProvider provider)
    {
        ILogger logger = provider.GetRequiredService<ILogger<CaptureJournal>>();
        return CaptureJournal.Load(provider.GetRequiredService<CaptureLimits>().OutputDirectory, complaint => Log.Complain(logger, complaint));
    }

    private static IEnumerable<KeyValuePair<string, string?>> ToConfiguration(AgentSettings settings) => new Dictionary<string, string?>
    {
        ["urls"] = settings.Urls,
        [$"{CaptureLimits.Section}:{nameof(CaptureLimits.OutputDirectory)}"] = settings.OutputDirectory,
        [$"{CaptureLimits.Section}:{nameof(CaptureLimits.Window)}"] = settings.Window?.ToString("c"),
        [$"{CaptureLimits.Section}:{nameof(CaptureLimits.Engine)}"] = settings.Engine,
    }.Where(set => set.Value is not null);
}
