using System.Collections;
using System.Globalization;

namespace HeapDrift.Instrumentation.Hosting;

/// <summary>
/// <see cref="HeapDriftOptions"/> from the environment, by the names that a host's configuration gives them there. Nobody asked for
/// HeapDrift in code, so a bad value is told and its default taken: it must not keep the program from starting.
/// </summary>
internal static class HookSettings
{
    private const string Prefix = HeapDriftOptions.Section + "__";

    /// <param name="environment">Names and values; as in a configuration, case does not matter.</param>
    /// <param name="hookFolder">An executable in it comes before the usual places.</param>
    /// <param name="tell">Told each bad value.</param>
    public static HeapDriftOptions Read(IDictionary environment, string hookFolder, Action<string> tell)
    {
        var options = new HeapDriftOptions();
        if (Value(nameof(options.Window)) is string window)
        {
            ReadWindow(window, options, tell);
        }

        if (Value(nameof(options.OutputDirectory)) is string output)
        {
            options.OutputDirectory = Unless(File.Exists(output), nameof(options.OutputDirectory), output, "is a file and not a folder", tell);
        }

        if (Value(nameof(options.CollectorPath)) is string collector)
        {
            options.CollectorPath = Unless(!File.Exists(collector), nameof(options.CollectorPath), collector, "is not a file", tell);
        }

        string beside = Path.Join(hookFolder, "heapdrift");
        options.CollectorPath ??= File.Exists(beside) ? beside : null;
        return options;

        string? Value(string name) => environment.Cast<DictionaryEntry>()
            .Where(variable => string.Equals((string)variable.Key, Prefix + name, StringComparison.OrdinalIgnoreCase))
            .Select(variable => (string?)variable.Value)
            .FirstOrDefault(value => !string.IsNullOrWhiteSpace(value));
    }

    private static void ReadWindow(string value, HeapDriftOptions options, Action<string> tell)
    {
        TimeSpan standard = options.Window;
        bool isTime = TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out TimeSpan window);
        options.Window = window;
        if (!isTime || new HeapDriftOptionsValidator().Validate(name: null, options).Failed)
        {
            options.Window = standard;
            tell($"{Prefix}{nameof(options.Window)} is '{value}', not a time from 00:00:01 to 1.00:00:00; {standard} is used.");
        }
    }

    private static string? Unless(bool isBad, string name, string value, string reason, Action<string> tell)
    {
        if (isBad)
        {
            tell($"{Prefix}{name}: '{value}' {reason}; the default is used.");
        }

        return isBad ? null : value;
    }
}
