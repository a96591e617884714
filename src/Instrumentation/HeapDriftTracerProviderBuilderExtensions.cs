using HeapDrift.Instrumentation;

namespace OpenTelemetry.Trace;

/// <summary>Adds HeapDrift's traces to a pipeline.</summary>
public static class HeapDriftTracerProviderBuilderExtensions
{
    /// <summary>The captures of this process as spans. Not needed beside <c>AddHeapDrift</c>, where it changes nothing.</summary>
    /// <param name="builder">The pipeline.</param>
    /// <returns>The same builder.</returns>
    public static TracerProviderBuilder AddHeapDriftInstrumentation(this TracerProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddSource(TelemetryNames.Source);
    }
}
