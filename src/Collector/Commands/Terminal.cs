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

    /// <summary>Takes everything; see <see cref="LossyWriter"/>.</summary>
    public TextWriter Error { get; } = new LossyWriter(Console.Error);

    /// <summary>Standard output as bytes, for documents of many megabytes.</summary>
    public static Stream OpenOutput() => Console.OpenStandardOutput();

    public TextReader In { get; } = Console.In;

    /// <summary>A progress bar belongs on a terminal, never into a log file.</summary>
    public bool IsInteractive { get; } = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "dumb");

    /// <summary>Spectre.Console on standard error.</summary>
    public IAnsiConsole Progress => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Error) });

    /// <summary>Prints the result of a command.</summary>
    /// <returns>False where standard output does not take it, for example on a full disk; that is complained about. A reader that went away is no failure.</returns>
    public bool TryPrint(string text)
    {
        try
        {
            Out.Write(text);
            Out.Flush();
            return true;
        }
        catch (Exception lost) when (lost is IOException or UnauthorizedAccessException)
        {
            Complain($"standard output does not take the result: {lost.Message}");
            return false;
        }
    }

    public void Complain(string message) => Error.WriteLine($"heapdrift: {message}");
}
