namespace HeapDrift.TestKit;

/// <summary>The three kinds of OTLP export request.</summary>
public enum OtlpSignal
{
    Traces,
    Logs,
    Metrics,
}
