using System.Text.RegularExpressions;

namespace HeapDrift.Dashboards.Tests;

/// <summary>A query of a dashboard and where it stands.</summary>
/// <param name="Place">For the message of a test that fails.</param>
/// <param name="Language">promql, logql or traceql.</param>
/// <param name="Text">As it stands in the file.</param>
internal sealed partial record Asked(string Place, string Language, string Text)
{
    /// <summary>As Grafana would send it: with an interval for each of its intervals. Other variables stand in strings, where every text is right.</summary>
    public string Sample => Intervals().Replace(Text, "5m");

    /// <summary>Not a query but the id of a trace, which Tempo takes in its place.</summary>
    public bool IsTraceId => Text == "${trace}";

    public override string ToString() => $"{Place}: {Text}";

    [GeneratedRegex(@"\$\{?__(rate_interval|range|interval|auto)\}?")]
    private static partial Regex Intervals();
}
