using Microsoft.Extensions.Options;

namespace HeapDrift.Collector.Alerts;

/// <summary>Who may ask for captures over HTTP: section <c>HeapDrift:Alerts</c>. Nothing is needed on loopback.</summary>
internal sealed class AlertOptions : IValidateOptions<AlertOptions>
{
    public const string Section = "HeapDrift:Alerts";

    private const int LeastCharacters = 16;

    /// <summary>Expected as <c>Authorization: Bearer</c>.</summary>
    public string? BearerToken { get; set; }

    /// <summary>A file with the token, for secrets that are mounted.</summary>
    public string? BearerTokenFile { get; set; }

    public string? BasicUser { get; set; }

    public string? BasicPassword { get; set; }

    /// <summary>Requests a minute, of all senders together.</summary>
    public int MostPerMinute { get; set; } = 120;

    /// <summary>Requests that are read at the same time.</summary>
    public int MostAtOnce { get; set; } = 8;

    public ValidateOptionsResult Validate(string? name, AlertOptions options)
    {
        string?[] failures =
        [
            options is { BearerToken: not null, BearerTokenFile: not null } ? $"{Section}:BearerToken and {Section}:BearerTokenFile are both set: one is enough" : null,
            options.BearerToken is { Length: < LeastCharacters } ? $"{Section}:BearerToken has fewer than {LeastCharacters} characters" : null,
            options.BearerTokenFile is { } file && !File.Exists(file) ? $"{Section}:BearerTokenFile is '{file}', which is not there" : null,
            string.IsNullOrEmpty(options.BasicUser) != string.IsNullOrEmpty(options.BasicPassword) ? $"{Section}:BasicUser and {Section}:BasicPassword go together" : null,
            options.BasicPassword is { Length: > 0 and < LeastCharacters } ? $"{Section}:BasicPassword has fewer than {LeastCharacters} characters" : null,
            options.MostPerMinute is < 1 or > 100_000 ? $"{Section}:MostPerMinute is {options.MostPerMinute}: it takes 1 to 100000" : null,
            options.MostAtOnce is < 1 or > 1_000 ? $"{Section}:MostAtOnce is {options.MostAtOnce}: it takes 1 to 1000" : null,
        ];
        string[] said = [.. failures.OfType<string>()];
        return said.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(said);
    }
}
