namespace HeapDrift.Collector.Metrics;

/// <summary>How figures of one name may be used (OpenTelemetry specification, metrics API).</summary>
internal enum FigureKind
{
    /// <summary>Only goes up while the process lives.</summary>
    Counter,

    /// <summary>May be added up over workers and attributes: bytes.</summary>
    UpDownCounter,

    /// <summary>Adding up means nothing: rates, times, states.</summary>
    Gauge,
}
