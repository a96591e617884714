using System.Globalization;
using System.Text.Json;

namespace HeapDrift.Profiling.Reports;

/// <summary>Figures and names as reports spell them.</summary>
internal static class ReportWords
{
    /// <summary>A name as long as this says it all; report.json has the whole of it.</summary>
    private const int MostName = 400;

    /// <summary>As in report.json, and for classes of the page's style: <c>managed-leak</c>.</summary>
    public static string Token<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    /// <summary>For people: <c>managed leak</c>.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => Token(value).Replace('-', ' ');

    public static string Name(string name) => name.Length <= MostName ? name : string.Concat(name.AsSpan(0, MostName), "...");

    public static string Count(long delta) => delta.ToString("+#,0;-#,0;0", CultureInfo.InvariantCulture);

    /// <summary><c>12 ms</c>, <c>850 µs</c>, <c>1.4 s</c>.</summary>
    public static string Milliseconds(double? time) => time switch
    {
        null => "not seen",
        < 0.9995 => Invariant($"{time * 1000:0} µs"),
        < 99.95 => Invariant($"{time:0.0} ms"),
        < 9_999.5 => Invariant($"{time:0} ms"),
        _ => Span(TimeSpan.FromMilliseconds(time.Value)),
    };

    /// <summary><c>30 s</c>, <c>1 h 5 min</c>.</summary>
    public static string Span(TimeSpan time) => time.TotalSeconds < 120 ? Invariant($"{time.TotalSeconds:0.#} s")
        : time.TotalMinutes < 120 ? Invariant($"{(int)time.TotalMinutes} min {time.Seconds} s")
        : Invariant($"{(int)time.TotalHours} h {time.Minutes} min");

    public static string Share(double share) => Invariant($"{share * 100:0.0} %");

    /// <summary>An error of the whole or more is said, not printed: it would read as a figure.</summary>
    public static string Error(double relative) => relative < 1 ? Invariant($"± {relative * 100:0} %") : "too few samples for a size";

    /// <summary><c>/src/Shop/Cart.cs:61</c>.</summary>
    public static string Source(string file, int? line) => line is { } number ? Invariant($"{Name(file)}:{number}") : Name(file);

    public static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
