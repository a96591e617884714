using System.Diagnostics.CodeAnalysis;
using Spectre.Console;

namespace HeapDrift.Collector.Commands;

/// <summary>
/// The two streams of a command: results on standard output and nothing else there; progress, warnings and errors on standard error.
/// </summary>
[SuppressMessage("ApiDesign", "RS0030", Justification = "The one place that talks to the terminal.")]
internal sealed class Terminal
{
    public TextWriter Out { get; } = Console.Out;

    public TextWriter Error { get; } = Console.Error;

    /// <summary>Standard output as bytes, for documents of many megabytes.</summary>
    public static Stream OpenOutput() => Console.OpenStandardOutput();

    public TextReader In { get; } = Console.In;

    /// <summary>A progress bar belongs on a terminal, never into a log file.</summary>
    public bool IsInteractive { get; } = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "dumb");

    /// <summary>Spectre.Console on standard error.</summary>
    public IAnsiConsole Progress => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Error) });

    public void Complain(string message) => Error.WriteLine($"heapdrift: {message}");
}
