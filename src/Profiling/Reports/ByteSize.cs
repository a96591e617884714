using System.Globalization;

namespace HeapDrift.Profiling.Reports;

/// <summary>Bytes for people: three digits and a unit of 1024.</summary>
internal static class ByteSize
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB"];

    public static string Format(long bytes)
    {
        double size = Math.Abs((double)bytes);
        int unit = 0;
        while (size >= 999.5 && unit < Units.Length - 1)
        {
            size /= 1024;
            unit++;
        }

        string digits = unit == 0 || size >= 99.95 ? "0" : "0.0";
        return string.Create(CultureInfo.InvariantCulture, $"{(bytes < 0 ? "-" : "")}{size.ToString(digits, CultureInfo.InvariantCulture)} {Units[unit]}");
    }

    /// <summary>With its sign, for changes.</summary>
    public static string FormatDelta(long bytes) => bytes > 0 ? "+" + Format(bytes) : Format(bytes);
}
