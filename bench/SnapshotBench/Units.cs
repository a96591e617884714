using System.Globalization;

namespace HeapDrift.SnapshotBench;

/// <summary>Numbers as a table shows them.</summary>
internal static class Units
{
    public static string Milliseconds(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:N1} ms");

    public static string Seconds(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:N2} s");

    public static string Megabytes(double bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:N0} MB");

    public static string Count(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:N0}");

    /// <summary>A dash where there is no baseline, or one so small that a ratio says nothing.</summary>
    public static string Ratio(double figure, double? baseline) =>
        baseline > 0 ? string.Create(CultureInfo.InvariantCulture, $"{figure / baseline:N2}") : "-";
}
