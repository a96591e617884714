using System.Globalization;

namespace HeapDrift.Collector.Commands;

/// <summary>Durations as operators write them, in Prometheus and in Kubernetes: <c>500ms</c>, <c>30s</c>, <c>1.5m</c>, <c>2h</c>.</summary>
internal static class Duration
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    private static readonly (string Unit, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)];

    /// <summary>True for a number from 0 to 24 hours with one unit.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        foreach ((string unit, double seconds) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
                && number * seconds <= Longest.TotalSeconds)
            {
                duration = TimeSpan.FromSeconds(number * seconds);
                return true;
            }
        }

        return false;
    }
}
