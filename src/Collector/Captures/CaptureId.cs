using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace HeapDrift.Collector.Captures;

/// <summary>The name of one capture and of the folder of its report: time, process and four random digits, sortable.</summary>
internal static partial class CaptureId
{
    public static string Create(int pid, TimeProvider clock) => string.Create(
        CultureInfo.InvariantCulture, $"{clock.GetUtcNow():yyyyMMdd-HHmmss}-{pid}-{RandomNumberGenerator.GetInt32(0x10000):x4}");

    /// <summary>False for anything else, such as a path that leaves the folder of the reports.</summary>
    public static bool IsOne(string text) => Shape().IsMatch(text);

    [GeneratedRegex("^[0-9]{8}-[0-9]{6}-[0-9]{1,10}-[0-9a-f]{4}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
