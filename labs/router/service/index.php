<?php
/** Administration page of a home router: the page's own calls, and what the factory uses. */

const PASSWORD_HASH = '$2y$06$lOioeWpAaqcvCsET0GtiB.ZlMlrUaUm2uhL2E2wqT0UYL4FUl0XGG';

$settings_file = getenv('LAB_HOME') . '/settings.json';
$settings = is_file($settings_file)
    ? json_decode(file_get_contents($settings_file), true)
    : ['ssid' => 'Home-2F9C', 'passphrase' => 'velvet-anchor-20', 'debug' => 'on'];

session_name('SID');
session_start();

function answer(int $status, ?array $body = null): void
{
    http_response_code($status);
    if ($body !== null) {
        header('Content-Type: application/json');
        echo json_encode($body);
    }
}

function save(array $settings): void
{
    file_put_contents($GLOBALS['settings_file'], json_encode($settings));
}

function signed_in(): bool
{
    if (empty($_SESSION['admin'])) {
        answer(401, ['error' => 'sign in first']);
        return false;
    }
    return true;
}

switch ($_SERVER['REQUEST_METHOD'] . ' ' . parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)) {
    case 'POST /api/login':
        if (!password_verify($_POST['password'] ?? '', PASSWORD_HASH)) {
            answer(403, ['error' => 'wrong password']);
            break;
        }
        $_SESSION['admin'] = true;
        answer(204);
        break;

    case 'GET /api/status':
        if (signed_in()) {
            answer(200, ['model' => 'HR-410', 'firmware' => '1.02.7', 'ssid' => $settings['ssid'],
                'debug' => $settings['debug']]);
        }
        break;

    case 'POST /api/wifi':
        if (signed_in()) {
            save(['ssid' => $_POST['ssid'], 'passphrase' => $_POST['passphrase']] + $settings);
            answer(204);
        }
        break;

    case 'POST /api/debug':
        if (signed_in()) {
            save(['debug' => $_POST['debug']] + $settings);
            answer(204);
        }
        break;

    // The factory tests the network with it.
    case 'GET /cgi-bin/diag':
    case 'POST /cgi-bin/diag':
        if ($settings['debug'] === 'on') {
            chdir(getenv('LAB_HOME'));
            header('Content-Type: text/plain');
            echo shell_exec('getent hosts ' . $_REQUEST['host'] . ' 2>&1');
            break;
        }
        // no break: as if there were none
    default:
        answer(404, ['error' => 'no such page']);
}
