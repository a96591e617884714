using System.CommandLine;
using HeapDrift.Collector.Captures;
using HeapDrift.Collector.Demo;

namespace HeapDrift.Collector.Commands;

/// <summary><c>heapdrift demo</c>: a service that leaks, load, two real signals and the report, on this machine alone.</summary>
internal static class DemoCommand
{
    public static Command Create(Terminal terminal)
    {
        Option<string> output = CommonOptions.OutputDirectory();
        var command = new Command("demo", "Run a leaking sample service under load, signal it twice and print the report. Takes about 20 seconds.") { output };
        command.SetAction((parsed, cancellationToken) => RunAsync(terminal, parsed.GetRequiredValue(output), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, string output, CancellationToken cancellationToken)
    {
        try
        {
            string report = await new LeakDemo(Path.GetFullPath(output), terminal.Out.WriteLine).RunAsync(cancellationToken);
            await terminal.Out.WriteLineAsync();
            await terminal.Out.WriteAsync(await File.ReadAllTextAsync(Path.Join(report, ReportFolder.TextFile), cancellationToken));
            await terminal.Out.WriteLineAsync($"The whole report, for a browser: {Path.Join(report, ReportFolder.HtmlFile)}");
            return ExitStatus.Done;
        }
        catch (DemoException failed)
        {
            terminal.Complain(failed.Message);
            return ExitStatus.Failed;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            terminal.Complain($"the demo cannot write to {output}: {failed.Message} Choose another folder with --output.");
            return ExitStatus.Failed;
        }
        catch (OperationCanceledException)
        {
            terminal.Complain("the demo was cancelled and its service stopped");
            return ExitStatus.Failed;
        }
    }
}
