using HeapDrift.Instrumentation;
using HeapDrift.Instrumentation.Detection;
using HeapDrift.Instrumentation.Metrics;
using HeapDrift.Instrumentation.Signals;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds HeapDrift to a service.</summary>
public static class HeapDriftServiceCollectionExtensions
{
    /// <summary>
    /// Arms SIGUSR2 once the host has started: the first signal takes a baseline, the second reports what grew. Adds the memory of this
    /// process to the metrics of the application, if it collects any.
    /// </summary>
    /// <remarks>
    /// Settings outside their range fail the start of the host. After that nothing escapes into the application. Calling it again only
    /// adds its <paramref name="configure"/>.
    /// </remarks>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Optional settings, applied after the configuration section <c>HeapDrift</c>.</param>
    /// <returns>The same collection.</returns>
    public static IServiceCollection AddHeapDrift(this IServiceCollection services, Action<HeapDriftOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (!services.Any(service => service.ServiceType == typeof(HeapDriftMarker)))
        {
            AddOnce(services);
        }

        if (configure is not null)
        {
            services.Configure(configure);
        }

        return services;
    }

    private static void AddOnce(IServiceCollection services)
    {
        services.AddSingleton<HeapDriftMarker>();
        services.AddOptions<HeapDriftOptions>().ValidateOnStart();
        services.AddSingleton<IValidateOptions<HeapDriftOptions>, HeapDriftOptionsValidator>();
        services.AddSingleton<IConfigureOptions<HeapDriftOptions>, ConfigurationSection>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<SignalCaptureService>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<SignalCaptureService>());
        services.TryAddSingleton<MemoryMeter>();
        services.AddSingleton<IHostedService, MemoryService>();
        services.AddSingleton<IHostedService, LeakService>();
        services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddHeapDriftInstrumentation());
        services.ConfigureOpenTelemetryMeterProvider(metrics => metrics.AddHeapDriftInstrumentation());
    }

    private sealed class HeapDriftMarker;

    /// <summary>Unlike <c>BindConfiguration</c> it is content without any configuration.</summary>
    private sealed class ConfigurationSection(IServiceProvider services) : IConfigureOptions<HeapDriftOptions>
    {
        public void Configure(HeapDriftOptions options) =>
            services.GetService<IConfiguration>()?.GetSection(HeapDriftOptions.Section).Bind(options);
    }
}
