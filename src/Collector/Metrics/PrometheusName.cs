namespace HeapDrift.Collector.Metrics;

/// <summary>
/// The name that a metric gets on its way through OTLP into Prometheus, so that a dashboard finds it whichever way it came
/// (OpenTelemetry specification, compatibility/prometheus_and_openmetrics.md; Prometheus otlptranslator).
/// </summary>
internal static class PrometheusName
{
    public static string Of(WorkerFigure figure) => Of(figure.Name, figure.Unit, figure.Kind);

    public static string Of(string name, string unit, FigureKind kind) =>
        Label(name) + Suffix(unit, kind) + (kind == FigureKind.Counter ? "_total" : "");

    /// <summary>An attribute's name as a label.</summary>
    public static string Label(string name) => name.Replace('.', '_');

    private static string Suffix(string unit, FigureKind kind) => unit switch
    {
        "" or ['{', ..] => "",
        "By" => "_bytes",
        "By/s" => "_bytes_per_second",
        "s" => "_seconds",
        "1" => kind == FigureKind.Gauge ? "_ratio" : "",
        _ => throw new ArgumentOutOfRangeException(nameof(unit), unit, "no metric has this unit yet"),
    };
}
