import TopNavigation, { type TopNavigationProps } from '@cloudscape-design/components/top-navigation';
import type { User } from 'oidc-client-ts';
import { useMediaQuery } from '../shared/use-media-query';
import { chooseTheme, type ThemeChoice, useThemeChoice } from '../theme/theme';
import { PhoneNavigation } from './Frame';
import logo from './logo.svg';
import { hrefOf, useView } from './routes';

/** Product name, appearance, and who is signed in. Without a user: name and appearance only. */
export function TopBar({ user, onSignOut }: { readonly user?: User; readonly onSignOut?: () => void }) {
  const theme = useThemeChoice();
  const view = useView();
  const phone = useMediaQuery('(max-width: 688px)');
  const utilities: TopNavigationProps.Utility[] = [themeMenu(theme)];
  if (user) utilities.push(userMenu(user, () => onSignOut?.()));
  return (
    <div id="top-bar">
      <TopNavigation
        identity={{ href: '#/files', title: 'Cognate Files', logo: { src: logo, alt: 'Cognate logo' } }}
        utilities={utilities}
        i18nStrings={{ overflowMenuTriggerText: 'More', overflowMenuTitleText: 'All' }}
      />
      {user && phone && <PhoneNavigation view={view} />}
    </div>
  );
}

function themeMenu(theme: ThemeChoice): TopNavigationProps.Utility {
  const item = (id: ThemeChoice, text: string) => ({ id, text, itemType: 'checkbox', checked: theme === id }) as const;
  return {
    type: 'menu-dropdown',
    iconSvg: HALF_MOON,
    ariaLabel: `Appearance: ${theme}`,
    title: 'Appearance',
    items: [item('system', 'Like the system'), item('light', 'Light'), item('dark', 'Dark')],
    onItemClick: ({ detail }) => chooseTheme(detail.id as ThemeChoice),
  };
}

function userMenu(user: User, onSignOut: () => void): TopNavigationProps.Utility {
  const name = user.profile.email ?? user.profile.preferred_username ?? user.profile.sub;
  return {
    type: 'menu-dropdown',
    text: name,
    title: name,
    iconName: 'user-profile',
    ariaLabel: `Account: ${name}`,
    items: [
      { id: 'session', text: 'Session', href: hrefOf('session') },
      { id: 'security', text: 'Security', href: hrefOf('security') },
      { id: 'sign-out', text: 'Sign out' },
    ],
    onItemClick: ({ detail }) => {
      if (detail.id === 'sign-out') onSignOut();
    },
  };
}

const HALF_MOON = (
  <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="2" />
    <path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" stroke="none" />
  </svg>
);
