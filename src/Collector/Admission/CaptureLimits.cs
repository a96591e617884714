using HeapDrift.Collector.Engines;
using Microsoft.Extensions.Options;

namespace HeapDrift.Collector.Admission;

/// <summary>How the agent captures, and how often at most: section <c>HeapDrift:Captures</c>.</summary>
internal sealed class CaptureLimits : IValidateOptions<CaptureLimits>
{
    public const string Section = "HeapDrift:Captures";

    /// <summary>Each capture leaves a folder with its report in here; the agent keeps its own books here too.</summary>
    public string OutputDirectory { get; set; } = "heapdrift-captures";

    /// <summary>Between the two snapshots of a capture.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>One of <see cref="EngineChoice.Names"/>.</summary>
    public string Engine { get; set; } = EngineChoice.Auto;

    /// <summary>With PDBs that are not beside their assemblies; null for none.</summary>
    public string? SymbolsDirectory { get; set; }

    /// <summary>Captures that run on this node at the same time; the others wait.</summary>
    public int MostAtOnce { get; set; } = 2;

    /// <summary>So long after a capture an alert or the detector does not start another one of the same worker.</summary>
    public TimeSpan Cooldown { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Captures that alerts and the detector start on this node within 24 hours. What a person asks for is always done.</summary>
    public int DailyBudget { get; set; } = 24;

    /// <summary>Older reports are deleted when there are more.</summary>
    public int MostReports { get; set; } = 500;

    public ValidateOptionsResult Validate(string? name, CaptureLimits options)
    {
        string?[] failures =
        [
            string.IsNullOrWhiteSpace(options.OutputDirectory) ? $"{Section}:OutputDirectory is empty: name a folder for the reports" : null,
            InRange(nameof(Window), options.Window, TimeSpan.Zero, TimeSpan.FromDays(1)),
            EngineChoice.Names.Contains(options.Engine) ? null : $"{Section}:Engine is '{options.Engine}': it takes {string.Join(", ", EngineChoice.Names)}",
            options.SymbolsDirectory is not { } symbols || Directory.Exists(symbols) ? null : $"{Section}:SymbolsDirectory is '{symbols}': there is no such folder, or it cannot be entered",
            InRange(nameof(MostAtOnce), options.MostAtOnce, 1, 16),
            InRange(nameof(Cooldown), options.Cooldown, TimeSpan.Zero, TimeSpan.FromDays(1)),
            InRange(nameof(DailyBudget), options.DailyBudget, 0, 1000),
            InRange(nameof(MostReports), options.MostReports, 1, 100_000),
        ];
        string[] said = [.. failures.OfType<string>()];
        return said.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(said);
    }

    private static string? InRange<T>(string key, T value, T least, T most)
        where T : IComparable<T> =>
        value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0 ? null : $"{Section}:{key} is {value}: it takes {least} to {most}";
}
