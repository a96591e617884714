using HeapDrift.Instrumentation;
using HeapDrift.Instrumentation.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace OpenTelemetry.Metrics;

/// <summary>Adds HeapDrift's metrics to a pipeline.</summary>
public static class HeapDriftMeterProviderBuilderExtensions
{
    /// <summary>
    /// The memory of this process as the kernel counts it (<c>heapdrift.memory.*</c>, <c>process.memory.usage</c>), and its captures. Not
    /// needed beside <c>AddHeapDrift</c>, where it changes nothing.
    /// </summary>
    /// <remarks>
    /// <c>process.memory.usage</c> is also a metric of OpenTelemetry.Instrumentation.Process; with both, drop one by a view. The figures of
    /// the garbage collector come from the runtime's own meter, <c>System.Runtime</c>.
    /// </remarks>
    /// <param name="builder">The pipeline.</param>
    /// <returns>The same builder.</returns>
    public static MeterProviderBuilder AddHeapDriftInstrumentation(this MeterProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.ConfigureServices(services =>
        {
            services.TryAddSingleton(TimeProvider.System);
            services.TryAddSingleton<MemoryMeter>();
        });
        return builder.AddMeter(TelemetryNames.Source).AddInstrumentation(services => services.GetRequiredService<MemoryMeter>());
    }
}
