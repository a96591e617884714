using System.Text;
using Microsoft.Extensions.Options;

namespace HeapDrift.Collector.Discovery;

/// <summary>Which processes are watched: section <c>HeapDrift:Discovery</c>.</summary>
internal sealed class DiscoveryOptions : IValidateOptions<DiscoveryOptions>
{
    public const string Section = "HeapDrift:Discovery";

    /// <summary>Each is compared with every process that is looked at.</summary>
    private const int MostRules = 64;

    /// <summary><c>sun_path</c> of unix(7), without the NUL.</summary>
    private const int MostSocketPathBytes = 107;

    /// <summary>
    /// .NET services that are watched, by the name of the service or of the program, with <c>*</c> for any characters; the others are left alone.
    /// All of them where it is empty.
    /// </summary>
    public string[] Services { get; set; } = [];

    /// <summary>Programs whose processes are workers, by name: <c>gunicorn</c>.</summary>
    public string[] Commands { get; set; } = [];

    /// <summary>Programs whose direct children are workers, by name, or by the path of their pid file.</summary>
    public string[] Leaders { get; set; } = [];

    /// <summary>
    /// Path of a socket on which the agent listens for runtimes that are started with <c>DOTNET_DiagnosticPorts=PATH,nosuspend</c>: for
    /// workers whose own sockets the agent cannot reach.
    /// </summary>
    public string? DiagnosticPort { get; set; }

    public ValidateOptionsResult Validate(string? name, DiscoveryOptions options)
    {
        string?[] failures =
        [
            .. options.Commands.Select((command, at) => IsName(command)
                ? null
                : $"{Section}:Commands:{at} is '{command}': it takes the name of a program without its folder, such as gunicorn"),
            .. options.Leaders.Select((leader, at) => IsName(leader) || WatchRules.IsPidFile(leader ?? "")
                ? null
                : $"{Section}:Leaders:{at} is '{leader}': it takes the name of a program without its folder, or the absolute path of its pid file"),
            .. options.Services.Select((service, at) => string.IsNullOrWhiteSpace(service) ? $"{Section}:Services:{at} is empty: it takes a name, such as shop-*" : null),
            options.Services.Length + options.Commands.Length + options.Leaders.Length > MostRules ? $"{Section} has more than {MostRules} rules" : null,
            options.DiagnosticPort is { } port ? ProblemWith(port) : null,
        ];
        string[] said = [.. failures.OfType<string>()];
        return said.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(said);
    }

    private static bool IsName(string? name) => !string.IsNullOrWhiteSpace(name) && !name.Contains('/', StringComparison.Ordinal);

    private static string? ProblemWith(string port) =>
        !port.StartsWith('/') ? $"{Section}:DiagnosticPort is '{port}': it takes the absolute path of a socket"
        : Encoding.UTF8.GetByteCount(port) > MostSocketPathBytes ? $"{Section}:DiagnosticPort has more than {MostSocketPathBytes} bytes, which is all that a socket's path may have"
        : !Directory.Exists(Path.GetDirectoryName(port)) ? $"{Section}:DiagnosticPort is '{port}': its folder is not there"
        : null;
}
