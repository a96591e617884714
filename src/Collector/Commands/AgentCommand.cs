using System.CommandLine;
using HeapDrift.Collector.Agent;
using HeapDrift.Collector.Native;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace HeapDrift.Collector.Commands;

/// <summary><c>heapdrift agent</c>: runs beside the workers for months.</summary>
internal static class AgentCommand
{
    public static Command Create(Terminal terminal)
    {
        var urls = new Option<string?>("--urls")
        {
            Description = $"Where to listen, {AgentSettings.DefaultUrls} unless set. Beyond loopback the alert webhook needs credentials.",
            HelpName = "URLS",
        };
        var output = new Option<string?>("--output") { Description = "Folder for reports; each capture gets a folder of its own in it.", HelpName = "DIR" };
        Option<TimeSpan?> window = CommonOptions.Window("How long a capture waits between its two snapshots, 30s unless set.");
        var command = new Command(
            "agent", "Watch all .NET workers of this machine: export their memory, capture when one leaks. Options also from appsettings.json and the environment.")
        {
            urls, output, window,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            terminal,
            new AgentSettings { Urls = parsed.GetValue(urls), OutputDirectory = parsed.GetValue(output), Window = parsed.GetValue(window) },
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, AgentSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            OomScore.VolunteerAsVictim();
            await using WebApplication app = AgentHost.Build(settings);
            await app.StartAsync(cancellationToken);
            await app.WaitForShutdownAsync(cancellationToken);
            return ExitStatus.Done;
        }
        catch (OptionsValidationException invalid)
        {
            foreach (string failure in invalid.Failures)
            {
                terminal.Complain(failure);
            }

            return ExitStatus.WrongUsage;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or InvalidOperationException or FormatException or InvalidDataException)
        {
            // Which line of appsettings.json it is says the innermost.
            string where = failed is InvalidDataException { InnerException: not null } ? $" {failed.GetBaseException().Message}" : "";
            terminal.Complain($"the agent cannot start: {failed.Message}{where}");
            return failed is InvalidOperationException or FormatException or InvalidDataException ? ExitStatus.WrongUsage : ExitStatus.Failed;
        }
    }
}
