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
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HeapDrift.Collector.Agent;

/// <summary>What the agent is made of, feature by feature. What runs in the background starts in this order and stops in the opposite one.</summary>
internal static class AgentServices
{
    /// <param name="services">Of the agent.</param>
    /// <param name="agent">What its own environment has as <see cref="WorkerDirectory.AgentVariable"/>.</param>
    public static IServiceCollection AddDiscovery(this IServiceCollection services, string? agent)
    {
        services.AddChecked<DiscoveryOptions>(DiscoveryOptions.Section);
        services.AddSingleton(provider => new WatchRules(provider.GetRequiredService<DiscoveryOptions>(), agent));
        services.AddSingleton(provider => new WorkerDirectory(provider.GetRequiredService<ProcFileSystem>(), provider.GetRequiredService<WatchRules>(), provider.GetRequiredService<DiagnosticPort>()));
        services.AddSingleton(OpenPort);
        services.AddHostedService(provider => provider.GetRequiredService<DiagnosticPort>());
        services.AddSingleton(OpenInventory);
        return services;
    }

    public static IServiceCollection AddWatch(this IServiceCollection services)
    {
        services.AddChecked<WatchOptions>(WatchOptions.Section);
        services.AddSingleton<WorkerBoard>();
        services.AddSingleton<GcSessions>();
        services.AddSingleton<Func<Worker, WorkerEye>>(provider => worker => new WorkerEye(
            worker, provider.GetRequiredService<ProcFileSystem>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<WatchOptions>(), provider.GetRequiredService<DetectorOptions>(), provider.GetRequiredService<GcSessions>()));
        services.AddSingleton<WorkerWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<WorkerWatch>());
        return services;
    }

    public static IServiceCollection AddCaptures(this IServiceCollection services)
    {
        services.AddChecked<CaptureLimits>(CaptureLimits.Section);
        services.AddSingleton<AgentFolder>();
        services.AddSingleton(OpenBacklog);
        services.AddHostedService<DeliveryService>();
        services.AddSingleton<ICaptureAudience, CaptureAudience>();
        services.AddSingleton<ICaptureRunner, AgentCaptures>();
        services.AddSingleton(OpenJournal);
        services.AddSingleton<CaptureDesk>();
        services.AddHostedService<CaptureService>();
        return services;
    }

    public static IServiceCollection AddDetector(this IServiceCollection services)
    {
        services.AddChecked<DetectorOptions>(DetectorOptions.Section);
        services.AddSingleton(provider => new LeakAlarm(
            provider.GetRequiredService<CaptureDesk>(), provider.GetRequiredService<DetectorOptions>(), OtlpEndpoint.ReadEnvironment(), provider.GetRequiredService<ILogger<LeakAlarm>>()));
        services.AddHostedService(provider => provider.GetRequiredService<LeakAlarm>());
        return services;
    }

    /// <param name="services">Of the agent.</param>
    /// <param name="urls">Where it listens, which decides whether credentials are required.</param>
    public static IServiceCollection AddAlerts(this IServiceCollection services, string urls)
    {
        services.AddChecked<AlertOptions>(AlertOptions.Section)
            .Validate(alerts => !ListenAddresses.AreBeyondLoopback(urls) || HasCredentials(alerts), $"the agent listens on {urls}, where others can reach it: set {AlertOptions.Section}:BearerTokenFile (or BearerToken, or BasicUser and BasicPassword), or listen on 127.0.0.1");
        services.AddSingleton(provider => Credentials.Of(provider.GetRequiredService<AlertOptions>()));
        services.AddSingleton(OpenInbox);
        services.AddSingleton<AlertDesk>();
        services.AddSingleton<RequestGuard>();
        return services;
    }

    public static IServiceCollection AddMetrics(this IServiceCollection services)
    {
        services.AddSingleton<CaptureMeter>();
        services.AddSingleton(provider => new AgentRegistry(provider.GetRequiredService<WorkerBoard>(), provider.GetRequiredService<DeliveryBacklog>));
        services.AddSingleton<Func<WorkerMeter>>(provider => () => new WorkerMeter(provider.GetRequiredService<WorkerBoard>(), provider.GetRequiredService<DeliveryBacklog>));
        services.AddHostedService<MetricsService>();
        return services;
    }

    /// <summary>Options of one section, which are there only once they have been found right; a name in it that nobody knows is wrong.</summary>
    private static OptionsBuilder<TOptions> AddChecked<TOptions>(this IServiceCollection services, string section)
        where TOptions : class, IValidateOptions<TOptions>
    {
        services.AddSingleton<IValidateOptions<TOptions>, TOptions>();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<TOptions>>().Value);
        return services.AddOptions<TOptions>().BindConfiguration(section, binder => binder.ErrorOnUnknownConfiguration = true).ValidateOnStart();
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
            provider.GetRequiredService<DiscoveryOptions>(),
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
}
