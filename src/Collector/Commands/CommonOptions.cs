using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using HeapDrift.Collector.Engines;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Collector.Commands;

/// <summary>Options that several commands share. Each call makes a new one, because a parser keeps its options to itself.</summary>
internal static class CommonOptions
{
    private const string Json = "json";
    private const int UsualConfirmations = 2;
    private const int MostConfirmations = 20;

    private static readonly string[] Formats = ["text", Json];

    public static Option<int> Pid() => new("--pid")
    {
        Description = "Process id of the worker, as `heapdrift ps` shows it.",
        Required = true,
        HelpName = "N",
        Validators = { result => RequirePositive(result) },
    };

    public static Option<string> Format() => new("--format")
    {
        Description = "text for people, json for one JSON document on standard output.",
        HelpName = string.Join('|', Formats),
        DefaultValueFactory = _ => Formats[0],
        CustomParser = result => Choose(result, "--format", Formats),
    };

    public static bool WantsJson(this ParseResult parsed, Option<string> format) => parsed.GetValue(format) == Json;

    public static Option<string> Engine() => new("--engine")
    {
        Description = "How snapshots are taken. auto takes the gentlest that works here.",
        HelpName = string.Join('|', EngineChoice.Names),
        DefaultValueFactory = _ => EngineChoice.Auto,
        CustomParser = result => Choose(result, "--engine", EngineChoice.Names),
    };

    public static Option<int?> Confirm() => new("--confirm")
    {
        Description = "Snapshots between the first and the last: growth must hold in every interval to be called a leak. Without it 2 with copy-on-write, 0 with eventpipe.",
        HelpName = "N",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = ParseConfirmations,
    };

    public static Option<string?> Symbols() => new("--symbols")
    {
        Description = "Folder with PDBs that are not beside their assemblies, for the lines of allocations.",
        HelpName = "DIR",
    };

    /// <summary>Without a preset, which the help would show as 00:00:30; the description says it.</summary>
    public static Option<TimeSpan?> Window(string description) => new("--window")
    {
        Description = description,
        HelpName = "30s",
        CustomParser = result => ParseDuration(result),
    };

    public static Option<string> OutputDirectory() => new("--output")
    {
        Description = "Folder for reports; each capture gets a folder of its own in it.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "heapdrift-captures",
        Validators = { RequirePath },
    };

    /// <summary>What started the capture, for the report; set by whoever starts it for somebody else.</summary>
    public static Option<TriggerKind> Trigger() => new("--trigger")
    {
        Hidden = true,
        DefaultValueFactory = _ => TriggerKind.Command,
        CustomParser = ParseTrigger,
    };

    /// <summary>An empty path is a variable of a script that was not set, as a rule.</summary>
    public static void RequirePath(SymbolResult result)
    {
        if (result.Tokens is [{ Value: var path }] && string.IsNullOrWhiteSpace(path))
        {
            result.AddError($"{(result is OptionResult option ? option.Option.Name : ((ArgumentResult)result).Argument.Name)} takes a path, not an empty text.");
        }
    }

    private static void RequirePositive(OptionResult result)
    {
        if (result.Tokens.Count == 1 && (!int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) || pid == 0))
        {
            result.AddError($"--pid takes a process id, not '{result.Tokens[0].Value}'.");
        }
    }

    private static string? Choose(ArgumentResult result, string option, IReadOnlyList<string> words)
    {
        string word = result.Tokens[0].Value;
        if (words.Contains(word))
        {
            return word;
        }

        result.AddError($"{option} takes {string.Join(", ", words)}, not '{word}'.");
        return null;
    }

    private static TriggerKind ParseTrigger(ArgumentResult result)
    {
        string word = result.Tokens[0].Value;
        TriggerKind[] kinds = Enum.GetValues<TriggerKind>();
        if (Array.FindIndex(kinds, kind => ReportWords.Token(kind) == word) is >= 0 and int at)
        {
            return kinds[at];
        }

        result.AddError($"--trigger takes {string.Join(", ", kinds.Select(ReportWords.Token))}, not '{word}'.");
        return default;
    }

    private static int? ParseConfirmations(ArgumentResult result)
    {
        if (result.Tokens.Count == 0)
        {
            return UsualConfirmations;
        }

        string text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= MostConfirmations)
        {
            return number;
        }

        result.AddError($"--confirm takes a number from 0 to {MostConfirmations}, not '{text}'.");
        return null;
    }

    private static TimeSpan ParseDuration(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (Duration.TryParse(text, out TimeSpan duration))
        {
            return duration;
        }

        result.AddError($"--window takes a duration from 0s to 24h such as 30s, 5m or 1h, not '{text}'.");
        return default;
    }
}
