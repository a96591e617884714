using System.CommandLine;
using HeapDrift.Collector.Captures;
using HeapDrift.Collector.Demo;

namespace HeapDrift.Collector.Commands;

/// <summary><c>heapdrift demo</c>: a service that leaks, the agent, load, two real signals and the report, on this machine alone.</summary>
internal static class DemoCommand
{
    public static Command Create(Terminal terminal)
    {
        Option<string> output = CommonOptions.OutputDirectory();
        var stay = new Option<bool>("--stay") { Description = "Keep the service and the agent running after the report, to look at the agent's page. Ctrl-C ends them." };
        var command = new Command("demo", "Run a leaking sample service under load beside the agent, signal it twice and print the report. Takes about 25 seconds.") { output, stay };
        command.SetAction((parsed, cancellationToken) => RunAsync(terminal, parsed.GetRequiredValue(output), parsed.GetValue(stay), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, string output, bool stays, CancellationToken cancellationToken)
    {
        try
        {
            string report = await new LeakDemo(Path.GetFullPath(output), stays, terminal.Out.WriteLine).RunAsync(cancellationToken);
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
            terminal.Complain("the demo was cancelled; its service and its agent were stopped");
            return ExitStatus.Failed;
        }
    }
}
